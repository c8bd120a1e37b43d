@rfc.3262 @rfc.3261 @rfc.3311
Feature: RFC 3262 3 and 4 behind a proxy that forks
  Bob stands for the phones that an INVITE has reached: he rings under several To tags, each an early
  dialog with an RSeq, a PRACK and requests of its own (RFC 3261 12.1.2). The call is answered in the
  first; the others end with that.

  Background:
    Given Bob supports 100rel

  Scenario: each dialog has its own reliable response and PRACK
    Given Alice requires 100rel
    When Alice calls Bob directly
    And Bob forks to 3 dialogs
    Then Alice receives 3 180 to INVITE
    And Alice receives 3 200 to PRACK
    And Bob has exchanged these messages in order:
      | sent          | received |
      | 180 to INVITE |          |
      | 180 to INVITE |          |
      | 180 to INVITE |          |
      |               | PRACK    |
      |               | PRACK    |
      |               | PRACK    |
    When Alice refreshes the call by UPDATE
    Then Bob receives UPDATE
    And Bob sends 200 to UPDATE
    When Bob answers the call
    Then Alice and Bob talk for 1 second
    When Bob hangs up
    Then Alice is idle

  Scenario: without an offer in INVITE each dialog has one, and its answer in PRACK
    Given Alice requires 100rel
    When Alice calls Bob directly without SDP
    And Bob forks to 2 dialogs
    Then Bob receives PRACK
    And body of PRACK matches /m=audio/
    And Bob receives PRACK
    And body of PRACK matches /m=audio/
    And Alice receives 2 200 to PRACK
    When Bob answers the call
    Then Alice and Bob talk for 1 second

  Scenario: the caller gives up, and one CANCEL ends them all
    Given Alice requires 100rel
    When Alice calls Bob directly
    And Bob forks to 2 dialogs
    And Bob receives 2 PRACK
    And Alice cancels the call
    Then Bob stops ringing
    And Bob is idle
    And Bob sends 1 487 to INVITE
    And Alice is idle
