"""The reader: programs that run in the sandbox and say how a file is to be read.

Every sandbox must be able to run them: they import one another relatively, the standard library,
pandas, and python-calamine where it is there. Nothing of them reads a table for the analysis: that
is the loader's, which `datalens_core.datasets.loader` writes from the LoadPlan decided on here.
"""
