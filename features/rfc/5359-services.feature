@rfc.5359
Feature: RFC 5359 2.1, 2.6, 2.7, 2.9, 2.10 to 2.14, 2.17: services, message by message
  The server is one hop that stands for the proxies of the RFC, and Bob, Charlie and Dave stand for the
  places where somebody may be found. 2.11: nobody here knows Join (RFC 3911), so the third party joins
  in a room of the server. 2.13, 2.14: the screening itself is the server's.

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone
    And Charlie uses generic phone

  @rfc.3264
  Scenario: 2.1 Call hold
    When Alice calls Bob directly
    And Bob answers the call
    And Alice and Bob talk for 1 second
    And Bob puts the call on hold
    Then Alice sees the call held
    And Alice does not hear Bob within 500 ms
    When Bob resumes the call
    Then Alice sees the call resumed
    And Alice and Bob talk for 1 second
    When Alice hangs up
    Then Bob has exchanged these messages in order:
      | sent          | received      |
      |               | INVITE        |
      | 180 to INVITE |               |
      | 200 to INVITE |               |
      |               | ACK           |
      | INVITE        |               |
      |               | 200 to INVITE |
      | ACK           |               |
      | INVITE        |               |
      |               | 200 to INVITE |
      | ACK           |               |
      |               | BYE           |
      | 200 to BYE    |               |
    And header CSeq of BYE sent by Alice is "2 BYE"

  @rfc.3428
  Scenario: 2.6 Transfer by an instant message
    When Alice calls Bob
    And Bob answers the call
    And Alice and Bob talk for 1 second
    And Bob sends message "call sip:charlie@here" to Alice
    Then Alice receives message "call sip:charlie@here" from Bob
    When Alice hangs up
    And Bob waits for hangup
    And Alice calls Charlie
    And Charlie answers the call
    Then Alice is connected to Charlie
    And Alice has exchanged these messages in order:
      | sent           | received      |
      | INVITE         |               |
      |                | 200 to INVITE |
      | ACK            |               |
      |                | MESSAGE       |
      | 200 to MESSAGE |               |
      | BYE            |               |
      |                | 200 to BYE    |
      | INVITE         |               |
      |                | 200 to INVITE |
      | ACK            |               |

  Scenario: 2.7 Forwarding always
    When Bob forwards always to Charlie
    And Alice calls Bob
    And Charlie answers the call
    Then Alice is connected to Charlie
    And Alice has exchanged these messages in order:
      | sent   | received      |
      | INVITE |               |
      |        | 180 to INVITE |
      |        | 200 to INVITE |
      | ACK    |               |
    And Charlie has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 180 to INVITE |          |
      | 200 to INVITE |          |
      |               | ACK      |
    And Bob does not receive INVITE within 200 ms

  Scenario: 2.9 Forwarding when nobody answers
    When Bob forwards on no answer to Charlie after 1 second
    And Alice calls Bob
    And Bob rings
    And Charlie answers the call
    Then Alice is connected to Charlie
    And Bob has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 180 to INVITE |          |
      |               | CANCEL   |
      | 200 to CANCEL |          |
      | 487 to INVITE |          |
      |               | ACK      |
    And Alice has exchanged these messages in order:
      | sent   | received      |
      | INVITE |               |
      |        | 180 to INVITE |
      |        | 200 to INVITE |
      | ACK    |               |

  Scenario: 2.10 A third party is added
    When Alice calls Bob directly as call first
    And Bob answers the call
    And Alice and Bob talk for 1 second
    And Alice puts the call on hold
    And Alice calls Charlie directly as call second
    And Charlie answers the call
    And Alice joins calls first and second
    Then Alice hears 2 parties
    And Bob hears 2 parties
    And Charlie hears 2 parties
    And Bob has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 180 to INVITE |          |
      | 200 to INVITE |          |
      |               | ACK      |
      |               | INVITE   |
      | 200 to INVITE |          |
      |               | ACK      |
      |               | INVITE   |
      | 200 to INVITE |          |
      |               | ACK      |
    And Charlie has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 180 to INVITE |          |
      | 200 to INVITE |          |
      |               | ACK      |

  @rfc.4579
  Scenario: 2.11 A third party joins
    When Alice calls conference
    And Bob calls conference
    Then Alice hears 1 party
    And Bob hears Alice
    When Charlie calls conference
    Then Alice hears 2 parties
    And Bob hears 2 parties
    And Charlie hears 2 parties
    And Charlie has exchanged these messages in order:
      | sent   | received      |
      | INVITE |               |
      |        | 200 to INVITE |
      | ACK    |               |

  Scenario: 2.12 Find-me: one place after the other
    Given Dave uses generic phone
    And Dave registers
    When Bob forwards on no answer to Charlie after 1 second
    And Charlie is busy
    And Charlie forwards on busy to Dave
    And Alice calls Bob
    And Dave answers the call
    Then Alice is connected to Dave
    And Bob has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 180 to INVITE |          |
      |               | CANCEL   |
      | 200 to CANCEL |          |
      | 487 to INVITE |          |
      |               | ACK      |
    And Charlie has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 486 to INVITE |          |
      |               | ACK      |
    And Dave has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 180 to INVITE |          |
      | 200 to INVITE |          |
      |               | ACK      |
    And Alice receives 1 200 to INVITE

  Scenario: 2.13 Incoming calls are screened
    Given Bob takes no calls from Alice
    When Alice calls Bob
    Then the call fails with 403
    And Alice has exchanged these messages in order:
      | sent   | received      |
      | INVITE |               |
      |        | 403 to INVITE |
      | ACK    |               |
    And Bob does not receive INVITE within 200 ms
    When Charlie calls Bob
    And Bob answers the call
    Then Charlie is connected to Bob

  Scenario: 2.14 Outgoing calls are screened
    Given Alice may not call Bob
    And Alice may not call 0900123
    When Alice calls Bob
    Then the call fails with 403
    When Alice calls 0900123
    Then the call fails with 403
    And the reason phrase of 403 to INVITE is "Outgoing Call Barred"
    And Alice has exchanged these messages in order:
      | sent   | received      |
      | INVITE |               |
      |        | 403 to INVITE |
      | ACK    |               |
      | INVITE |               |
      |        | 403 to INVITE |
      | ACK    |               |
    And Bob does not receive INVITE within 200 ms
    When Alice calls Charlie
    And Charlie answers the call
    Then Alice is connected to Charlie

  @rfc.4235
  Scenario: 2.17 Automatic redial
    Given Bob uses generic phone with incoming.calls-max 1
    When Charlie calls Bob
    And Bob answers the call
    And Alice calls Bob
    Then the call fails with 486
    When Alice subscribes to dialog of Bob
    Then BLF lamp of Bob at Alice is confirmed
    When Charlie hangs up
    Then BLF lamp of Bob at Alice is idle
    When Alice calls Bob
    And Bob answers the call
    Then Alice is connected to Bob
    And Alice has exchanged these messages in order:
      | sent          | received         |
      | INVITE        |                  |
      |               | 486 to INVITE    |
      | ACK           |                  |
      | SUBSCRIBE     |                  |
      |               | 200 to SUBSCRIBE |
      |               | NOTIFY           |
      | 200 to NOTIFY |                  |
      |               | NOTIFY           |
      | 200 to NOTIFY |                  |
      | INVITE        |                  |
      |               | 180 to INVITE    |
      |               | 200 to INVITE    |
      | ACK           |                  |
