# language: de
Funktionalität: Anrufe, auf Deutsch erzählt
  Schlüsselwörter gibt es in allen Sprachen von Gherkin, die Sätze auf Englisch.

  Szenario: Bob legt auf
    Angenommen Alice uses Squirrel350 phone
    Und Bob uses Chipmunk5000 phone
    Wenn Alice calls Bob
    Dann Bob answers the phone
    Und Alice and Bob talk for 2 seconds
    Wenn Bob hangs up the phone
    Dann Alice receives BYE
