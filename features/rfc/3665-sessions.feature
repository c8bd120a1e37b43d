@rfc.3665 @rfc.3261
Feature: RFC 3665 3: calls that succeed
  The server is one hop that stands for the proxies of the RFC. It is part of the signalling from the
  first message to the last, and not of the media. It sends no 100 where another response follows at
  once (RFC 3261 17.2.1).

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone

  @with.kamailio
  Scenario: 3.1 and 3.2 A call is set up, talked in and ended by the callee
    When Alice calls Bob
    And Bob answers the call after 500 ms
    And Alice and Bob talk for 1 second
    And Bob hangs up
    And Alice is idle
    Then Alice has exchanged these messages in order:
      | sent          | received      |
      | INVITE        |               |
      |               | 180 to INVITE |
      |               | 200 to INVITE |
      | ACK           |               |
      |               | BYE           |
      | 200 to BYE    |               |
    And Bob has exchanged these messages in order:
      | sent          | received   |
      |               | INVITE     |
      | 180 to INVITE |            |
      | 200 to INVITE |            |
      |               | ACK        |
      | BYE           |            |
      |               | 200 to BYE |
    And SDP of INVITE received by Bob offers PCMU
    And SDP of 200 to INVITE received by Alice offers PCMU
    And set-up is below 4 seconds

  @rfc.8760 @with.kamailio
  Scenario: 3.3 The caller proves who it is
    When Alice calls Bob
    And wait until Alice hears ringback
    And Bob answers the call
    And Alice is connected to Bob
    And Alice hangs up
    Then Alice has exchanged these messages in order:
      | sent   | received          |
      | INVITE |                   |
      |        | 401,407 to INVITE |
      | ACK    |                   |
      | INVITE |                   |
      |        | 180 to INVITE     |
      |        | 200 to INVITE     |
      | ACK    |                   |
      | BYE    |                   |
      |        | 200 to BYE        |
    And header CSeq of ACK sent by Alice is "2 ACK"

  Scenario: 3.6 The callee offers, and the answer stands in ACK
    When Alice calls Bob without SDP
    And Bob answers the call
    And Alice is connected to Bob
    Then SDP of 200 to INVITE received by Alice offers PCMU, PCMA in this order
    And SDP of ACK sent by Alice offers PCMU
    And SDP of ACK received by Bob offers PCMU
    And media flows directly

  Scenario: 3.6 The callee is somewhere else
    When Alice calls Bob
    And Bob redirects the call to Carol
    And Carol answers the call
    Then Alice is connected to Carol
    And Bob has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 302 to INVITE |          |
      |               | ACK      |
