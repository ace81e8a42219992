"""What an encoder has learnt: retrieval, spellings told apart, styles, always beside a control."""
