# an old copy
