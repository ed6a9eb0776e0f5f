"""``python -m polyloop.transport.scripted FILE --port N``"""

import sys

from .command import serve

sys.exit(serve())
