"""From an article to a spaCy Doc: segmenter, document, names, and the building of the Language."""
