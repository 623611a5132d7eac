"""The words the grammar knows: what they ask for, what they mean, and what may be passed over.

Phrases are lower case, words parted by one space. Anything that is in none of these tables, no
column and no value is an unknown word, and a question with an unknown word is not answered.
"""
