"""Pictures that are no digit: letters, drawings, parts of digits; some never learnt."""
