@rfc.3261
Feature: RFC 3261: messages that are lost, late, or come twice
  A phone that ignores a message shows what its peer does about the loss: the timers of transactions.
  The phones call each other past the server, with a short T1 and T2.

  Background:
    Given the following phones:
      | name  | profile | timers.t1-ms | timers.t2-ms |
      | Alice | generic | 250          | 500          |
      | Bob   | generic | 250          | 500          |

  Scenario: INVITE is repeated after T1, 2*T1, ... until a response comes (17.1.1.2)
    Given Bob ignores 2 INVITE
    When Alice calls Bob directly
    Then Bob has ignored 2 INVITE
    And Alice has sent at least 2 retransmissions of INVITE
    And INVITE arrives at Bob at least 600 ms after INVITE

  Scenario: other requests are repeated too (17.1.2.2)
    Given Bob ignores 2 BYE
    When Alice calls Bob directly
    And Bob answers the call
    And Alice hangs up
    Then Bob has ignored 2 BYE
    And Alice has sent at least 2 retransmissions of BYE
    And Bob receives BYE

  Scenario: 200 to INVITE is repeated until ACK comes, and each gets one (13.3.1.4, 13.2.2.4)
    Given Bob ignores 2 ACK
    When Alice calls Bob directly
    And Bob answers the call
    Then Bob has ignored 2 ACK
    And Bob has sent at least 2 retransmissions of 200 to INVITE
    And Alice has sent at least 2 retransmissions of ACK
    And Bob hears Alice

  Scenario: a refusal is repeated until ACK comes (17.2.1)
    Given Bob ignores 2 ACK
    When Alice calls Bob directly
    And Bob rejects the call with 486
    Then the call fails with 486
    And Bob has ignored 2 ACK
    And Bob has sent at least 2 retransmissions of 486 to INVITE

  Scenario: a response that is lost comes again for the next copy of its request (17.2.2)
    Given Alice ignores 1 200 to BYE
    When Alice calls Bob directly
    And Bob answers the call
    And Alice hangs up
    Then Alice has ignored 1 200 to BYE
    And Bob has received at least 1 retransmission of BYE
    And Bob has sent at least 1 retransmission of 200 to BYE

  Scenario: a ringing that was lost does not count as received, and the call goes on
    Given Alice ignores 180
    When Alice calls Bob directly
    And Bob answers the call
    Then Alice has ignored at least 1 180
    And Alice receives 200 to INVITE
    And Alice has received 200
    And Bob hangs up

  Scenario: copies of a request make no second call (17.2.3)
    Given Alice retransmits INVITE 3 times
    When Alice calls Bob directly
    And Bob answers the call
    Then Bob has received 3 retransmissions of INVITE
    And Bob has 1 call

  Scenario: a request that comes twice gets the same response twice (17.2.2)
    Given Alice sends BYE twice
    When Alice calls Bob directly
    And Bob answers the call
    And Alice hangs up
    Then Bob has received at least 1 retransmission of BYE
    And Alice has received at least 1 retransmission of 200 to BYE

  Scenario: a late response is awaited (17.1.1.2)
    Given Bob delays 180 by 600 ms
    When Alice calls Bob directly
    Then Alice receives 180
    And 180 arrives at Alice after at least 500 ms

  Scenario: a refusal with Retry-After, once (20.33)
    Given Bob answers every INVITE with 503 1 time with header Retry-After "5"
    When Alice calls Bob directly
    Then the call fails with 503
    And header Retry-After of 503 received by Alice is "5"
    When Alice calls Bob directly
    Then Bob rings

  Scenario: whoever sends BYE has left, whatever the answer is (15.1.1)
    Given Bob answers every BYE with 500
    When Alice calls Bob directly
    And Bob answers the call
    And Alice hangs up
    Then Alice is idle
    And Bob has 1 call
    When Bob behaves again
    And Bob hangs up
    Then Bob is idle

  Scenario: a change of the session that is refused leaves it as it was (14.1)
    When Alice calls Bob directly
    And Bob answers the call
    And Bob answers every INVITE with 488 1 time
    And Alice re-invites with codec PCMA and is refused with 488
    Then Bob hears Alice
    When Alice re-invites with codec PCMA
    Then the call uses codec PCMA

  Scenario: what a network loses is made up for
    Given Alice drops 30% of packets with seed 5
    And Bob drops 30% of packets with seed 6
    When Alice calls Bob directly within 30 seconds
    And Bob answers the call within 30 seconds
    And Bob hangs up within 30 seconds
    Then Alice is idle within 30 seconds

  Scenario: a server in between repeats what the callee does not answer
    Given Bob ignores 1 INVITE
    When Alice calls Bob
    Then Bob rings
    And Bob has ignored 1 INVITE
