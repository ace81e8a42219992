"""Where a caption that somebody wrote is compared with the truth, and made to agree with it."""
