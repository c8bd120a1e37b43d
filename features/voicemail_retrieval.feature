Feature: Voicemail retrieval
  At the own mailbox, *97, keys choose what is played: 1 from the first message, 4 back, 5 again, 6 on
  to the next, 7 deletes, 0 or # ends.

  Background:
    Given Bob is busy
    When Alice calls Bob
    And Alice leaves a voicemail of 4 seconds
    Then Bob has 1 new and 0 old messages

  Scenario: Bob listens, repeats and deletes
    When Bob calls *97
    Then Bob hears Alice
    When Bob listens to voicemail "5"
    Then Bob hears Alice
    When Bob listens to voicemail "7"
    Then Bob has 0 new and 0 old messages
    And Bob receives BYE

  Scenario: a message that is played to its end is an old one
    When Bob calls *97
    Then Bob has 0 new and 1 old messages
    And Bob receives BYE

  Scenario: the second message is reached by a key, whichever way it comes
    When Carol calls Bob
    And Carol leaves a voicemail of 4 seconds
    Then Bob has 2 new and 0 old messages
    When Bob calls *97
    Then Bob hears Alice
    When Bob sends DTMF "6" by INFO
    Then Bob hears Carol
    When Bob sends DTMF "4" in-band
    Then Bob hears Alice
    When Bob sends DTMF "6" by RFC 4733
    Then Bob hears Carol
    When Bob sends DTMF "7" in-band
    Then Bob has 1 new and 0 old messages
