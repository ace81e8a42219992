"""How right captions are: questions from truth, answered from the captions alone; likeness too."""
