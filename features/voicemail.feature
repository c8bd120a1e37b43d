Feature: Voicemail
  The server answers for those who cannot, and tells them afterwards.

  Scenario: Bob is busy
    Given Alice uses Squirrel350 phone
    And Bob uses Chipmunk5000 phone
    And Bob is busy
    When Alice calls Bob
    Then Alice talks to voicemail for 5 seconds
    When Alice hangs up the phone
    Then Bob has voicemail waiting
