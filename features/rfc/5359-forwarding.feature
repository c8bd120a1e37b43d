@rfc.5359 @rfc.3261
Feature: RFC 5359 2.7, 2.8, 2.9: call forwarding
  Forwarding is set at the server, by feature code or otherwise, or the phone answers with 302 and the
  server goes where that points.

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone
    And Charlie uses generic phone

  Scenario: 2.7 Always, set at the server
    When Bob forwards always to Charlie
    And Alice calls Bob
    And Charlie answers the call
    Then Alice is connected to Charlie
    And Bob does not receive INVITE within 500 ms
    When Alice hangs up
    And Charlie waits for hangup
    And Bob clears forwarding
    And Alice calls Bob
    And Bob answers the call
    Then Alice is connected to Bob

  Scenario: 2.7 Always, set by feature code and cleared by another
    When Bob forwards to Charlie by feature code "*21"
    And Alice calls Bob
    And Charlie answers the call
    Then Alice is connected to Charlie
    When Charlie hangs up
    And Alice waits for hangup
    And Bob dials feature code "*20"
    And Alice calls Bob
    Then Bob rings

  Scenario: 2.8 Busy
    When Bob forwards on busy to Charlie
    And Bob is busy
    And Alice calls Bob
    And Charlie answers the call
    Then Alice is connected to Charlie
    And Bob has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 486 to INVITE |          |
      |               | ACK      |

  Scenario: 2.9 No answer
    When Bob forwards on no answer to Charlie after 1 second
    And Alice calls Bob
    And Bob rings
    And Charlie rings
    Then Bob stops ringing
    And Bob receives CANCEL
    When Charlie answers the call
    Then Alice is connected to Charlie

  Scenario Outline: The phone itself says where to
    Given Bob uses generic phone
    And Status is set to forward to Charlie <when>
    When Alice calls Bob
    And Charlie answers the call
    Then Alice is connected to Charlie
    And Bob has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 302 to INVITE |          |
      |               | ACK      |

    Examples:
      | when           |
      | always         |
      | after 1 second |

  Scenario: The phone itself says where to while it is busy
    Given Bob uses generic phone
    And Status is set to forward to Charlie when busy
    When Alice calls Bob
    And Bob answers the call
    Then Alice is connected to Bob
    Given Dave uses generic phone
    When Dave calls Bob
    And Charlie answers the call
    Then Dave is connected to Charlie

  Scenario: Do not disturb by feature code
    When Bob sets DND by feature code "*78"
    And Alice calls Bob
    Then the call fails with 486
    And Bob does not ring within 500 ms
    When Bob clears DND by feature code "*79"
    And Alice calls Bob
    Then Bob rings
