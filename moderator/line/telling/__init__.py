"""Items, lists, effects and answers as sentences that make sense read aloud. Pure: data in, sentences out.

No sentence rests on a glyph, a column or a colour. What a citizen wrote is a `Quote`, or stands in quotation marks
within a sentence of ours, on one line.
"""
