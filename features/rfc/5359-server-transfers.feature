@rfc.5359 @rfc.3515 @rfc.5589
Feature: RFC 5359 2.4, 2.5: transfers that the server carries out
  REFER goes no further than the server. Whoever is transferred gets a re-INVITE with the description
  of the target, and never sees a REFER. The transferor is told by NOTIFY how it goes.

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone
    And Charlie uses generic phone

  Scenario: 2.4 Unattended transfer
    When Alice calls Bob
    And Bob answers the call
    And Alice is connected to Bob
    And Bob transfers the call to Charlie
    And Charlie answers the call
    Then the transfer succeeds
    And Alice is connected to Charlie
    And Bob is idle
    And Alice does not hear Bob within 500 ms
    And Bob has exchanged these messages in order:
      | sent          | received     |
      | REFER         |              |
      |               | 202 to REFER |
      |               | NOTIFY       |
      | 200 to NOTIFY |              |
    And Alice has exchanged these messages in order:
      | sent          | received      |
      | INVITE        |               |
      |               | 200 to INVITE |
      | ACK           |               |
      |               | INVITE        |
      | 200 to INVITE |               |
      |               | ACK           |
    And Alice does not receive REFER
    And Charlie receives INVITE with header Referred-By matching /sip:bob@/
    When Charlie hangs up
    Then Alice waits for hangup

  @with.kamailio
  Scenario: 2.4 The one who called transfers
    When Alice calls Bob
    And Bob answers the call
    And Alice transfers the call to Charlie
    And Charlie answers the call
    Then the transfer succeeds
    And Bob is connected to Charlie
    And Alice is idle

  @with.kamailio
  Scenario: 2.4 A target that is busy leaves the call as it was
    Given Charlie is busy
    When Alice calls Bob
    And Bob answers the call
    And Bob transfers the call to Charlie
    Then the transfer fails with 486
    When Bob resumes the call
    Then Alice is connected to Bob

  @rfc.3891
  Scenario: 2.5 Attended transfer
    When Alice calls Bob
    And Bob answers the call
    And Alice is connected to Bob
    And Bob puts the call on hold
    And Bob calls Charlie
    And Charlie answers the call
    Then Bob is connected to Charlie
    And Alice does not hear Bob within 500 ms
    When Bob transfers attended to Charlie
    Then the transfer succeeds
    And Alice is connected to Charlie
    And Bob is idle
    And Alice has 1 call
    And Charlie has 1 call
    And Alice does not receive REFER
    And Charlie does not receive BYE
    When Alice hangs up
    Then Charlie waits for hangup
