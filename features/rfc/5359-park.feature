@rfc.5359 @rfc.3515
Feature: RFC 5359 2.15: call park
  Whoever parks a call sends REFER to the slot. The server carries it out itself: it plays music to the
  parked party by re-INVITE, tells how that went in NOTIFY, and hangs up on the one who has parked.
  Whoever calls the slot gets the parked party.

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone
    And Charlie uses generic phone

  Scenario: a call is parked and taken back at another phone
    When Alice calls Bob
    And Bob answers the call
    And Alice is connected to Bob
    And Bob parks the call on park+500
    Then Bob has exchanged these messages in order:
      | sent          | received        |
      | INVITE        |                 |
      |               | 200 to INVITE   |
      | ACK           |                 |
      | REFER         |                 |
      |               | 202 to REFER    |
      |               | NOTIFY          |
      | 200 to NOTIFY |                 |
      |               | BYE             |
      | 200 to BYE    |                 |
    And Bob is idle
    And Alice has 1 call
    And Alice hears a 523 Hz tone
    When Charlie retrieves the call from park+500
    Then Alice has exchanged these messages in order:
      | sent          | received      |
      | INVITE        |               |
      |               | 200 to INVITE |
      | ACK           |               |
      |               | INVITE        |
      | 200 to INVITE |               |
      |               | ACK           |
    And Alice is connected to Charlie
    And Alice does not hear Bob within 1 second
    When Charlie hangs up
    Then Alice waits for hangup

  Scenario: numbers of their own for parking and for taking back
    When Alice calls Bob
    And Bob answers the call
    And Bob parks the call on *712008
    And Charlie retrieves the call from *722008
    Then Alice is connected to Charlie
    When Alice hangs up
    Then Charlie waits for hangup

  @with.kamailio
  Scenario: an empty slot gives nothing back
    When Charlie calls *722008
    Then the call fails with 404
