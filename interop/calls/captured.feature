Feature: Calls for a capture
  tshark reads what these scenarios leave with `--out`.

  Scenario: two phones talk
    Given Alice uses Squirrel350 phone
    And Bob uses Chipmunk5000 phone
    When Alice calls Bob
    Then Bob answers the phone
    And Alice and Bob talk for 3 seconds
    Then Bob hangs up the phone
    Then Alice receives BYE

  Scenario: a caller gives up
    Given Carol uses generic phone
    And Dave uses generic phone
    When Carol calls Dave
    Then Dave is ringing
    When Carol cancels the call
    Then Carol receives 487 to INVITE

  Scenario: a user is unknown, over TCP
    Given Erin uses generic phone over tcp
    When Erin calls "nobody"
    Then the call fails with 404
