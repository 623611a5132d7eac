"""`datalens privacy check`: canaries in every channel, and a look at all that went out."""
