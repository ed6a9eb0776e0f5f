from .awsrequest import AWSRequest
from .credentials import Credentials

class SigV4Auth:
    def __init__(self, credentials: Credentials, service_name: str, region_name: str) -> None: ...
    def add_auth(self, request: AWSRequest) -> None:
        """Set the headers Authorization, X-Amz-Date and, where the credentials have a token, X-Amz-Security-Token."""
