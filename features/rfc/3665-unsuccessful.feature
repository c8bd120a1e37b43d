@rfc.3665 @rfc.3261
Feature: RFC 3665 3.8 to 3.11: calls that do not succeed

  Background:
    Given Alice uses generic phone
    And Bob uses generic phone

  @with.kamailio
  Scenario: 3.8 Nobody answers, and the caller gives up
    Given Bob lets it ring
    When Alice calls Bob
    And wait until Alice hears ringback
    And Alice cancels the call
    Then Bob stops ringing
    And Alice has exchanged these messages in order:
      | sent   | received      |
      | INVITE |               |
      |        | 180 to INVITE |
      | CANCEL |               |
      |        | 200 to CANCEL |
      |        | 487 to INVITE |
      | ACK    |               |
    And Bob has exchanged these messages in order:
      | sent          | received |
      |               | INVITE   |
      | 180 to INVITE |          |
      |               | CANCEL   |
      | 200 to CANCEL |          |
      | 487 to INVITE |          |
      |               | ACK      |

  @with.kamailio
  Scenario Outline: <section> The callee refuses with <code>
    When Alice calls Bob
    And Bob rejects the call with <code>
    Then the call fails with <code>
    And Alice has exchanged these messages in order:
      | sent   | received         |
      | INVITE |                  |
      |        | <code> to INVITE |
      | ACK    |                  |
    And Bob has exchanged these messages in order:
      | sent             | received |
      |                  | INVITE   |
      | <code> to INVITE |          |
      |                  | ACK      |
    And Alice is idle
    And Bob is idle

    Examples:
      | section | code |
      | 3.9     | 486  |
      | 3.11    | 480  |

  Scenario: 3.10 The callee's phone does not respond
    Given Bob registers
    And Bob is powered off
    When Alice calls Bob
    Then the call fails with 408,480,504 within 40 seconds
    And Alice has exchanged these messages in order:
      | sent   | received              |
      | INVITE |                       |
      |        | 408,480,504 to INVITE |
      | ACK    |                       |
