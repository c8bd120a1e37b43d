Feature: Calls that are not answered
  What a caller sees when the callee refuses, or does not exist, or when the caller gives up.
  The embedded server has voicemail in scenarios that speak of it; in these the caller sees the refusal.

  Background:
    Given Alice uses Squirrel350 phone
    And Bob uses generic phone

  Scenario Outline: Bob refuses
    When Alice calls Bob
    And Bob rejects the call with <code>
    Then the call fails with <code>
    And Bob is idle

    Examples:
      | code |
      | 403  |
      | 488  |
      | 500  |

  Scenario: Alice gives up
    When Alice calls Bob
    Then Bob is ringing
    And Alice hears ringback
    When Alice cancels the call
    Then Bob stops ringing
    And Alice receives 487 to INVITE

  Scenario: Nobody has that number
    When Alice calls "nobody"
    Then the call fails with 404
    And Bob does not ring
