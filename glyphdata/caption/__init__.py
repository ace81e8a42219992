"""What a picture says: the prompt grammar, and captions from truth."""
