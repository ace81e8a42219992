"""The pages of the project, and the press that makes a site of them."""
