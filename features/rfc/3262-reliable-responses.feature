@rfc.3262
Feature: RFC 3262: reliable provisional responses
  A provisional response with 100rel in Require is repeated until PRACK comes. The embedded server has
  them for each leg by itself.

  Scenario: a caller that requires them gets them, and acknowledges each
    Given Alice requires 100rel
    When Alice calls Bob
    Then Alice receives 180 to INVITE with header Require equal to "100rel"
    And Alice sends PRACK
    And Alice receives 200 to PRACK
    When Bob answers the call
    Then Alice and Bob talk for 1 second

  Scenario: the callee sends one reliably, with an answer and early media
    Given Alice supports 100rel
    And Bob supports 100rel
    When Alice calls Bob directly
    And Bob sends reliable 183
    Then Bob receives PRACK with header RAck matching /^[0-9]+ [0-9]+ INVITE$/
    And Alice receives 183 to INVITE with header RSeq
    And Alice hears early media
    And Alice receives 200 to PRACK
    When Bob answers the call
    Then Alice and Bob talk for 1 second

  Scenario: without an offer in INVITE the first reliable response has one, and PRACK the answer
    Given Alice requires 100rel
    And Bob supports 100rel
    When Alice calls Bob directly without SDP
    Then Alice receives 180 to INVITE with header Require equal to "100rel"
    And body of 180 to INVITE matches /m=audio/
    And Bob receives PRACK
    And body of PRACK matches /m=audio/
    When Bob answers the call
    Then Alice and Bob talk for 1 second

  Scenario: an offer in PRACK
    Given Alice uses generic phone with reliability.prack-offer "true"
    And Alice supports 100rel
    And Bob supports 100rel
    When Alice calls Bob directly
    And Bob sends reliable 183
    Then Bob receives PRACK
    And body of PRACK matches /m=audio/
    And Alice receives 200 to PRACK
    And body of 200 to PRACK matches /m=audio/
    When Bob answers the call
    Then Alice and Bob talk for 1 second

  Scenario: without PRACK it is repeated, and the 200 waits
    Given Alice supports 100rel
    And Bob supports 100rel
    And Alice does not send PRACK
    When Alice calls Bob directly
    And Bob sends reliable 183
    Then Alice receives 183 to INVITE
    And Bob does not receive PRACK within 1 second
    When Alice hangs up
    Then Bob is idle

  Scenario: who does not know them refuses a caller that requires them
    Given Alice requires 100rel
    When Alice calls Bob directly
    Then the call fails with 420
    And Alice receives 420 to INVITE with header Unsupported equal to "100rel"

  Scenario: who requires them refuses a caller that does not know them
    Given Bob requires 100rel
    When Alice calls Bob directly
    Then the call fails with 421
    And Alice receives 421 to INVITE with header Require equal to "100rel"
