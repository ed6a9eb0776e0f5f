"""Laws, strategies and recorded traffic: what proves a wire, ours or yours. Needs the extra ``testing`` (hypothesis).

``laws`` are plain functions of one assertion; ``strategies`` make whole documents and hub records; ``check_wire`` makes the laws
into pytest tests for a wire of your own. Nothing else in polyloop imports this package.
"""
