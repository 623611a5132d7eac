"""The embedded sandbox: E2B's wire protocol over confined processes of this machine.

entry → serve → broker → (bubblewrap) → zygote → one self-confining child per box, with IPython.
`entry.main` is the process; it is started by the product or by `datalens sandbox serve`.
"""
