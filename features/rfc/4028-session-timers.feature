@rfc.4028 @rfc.3311
Feature: RFC 4028: session timers
  A session lasts as long as it is refreshed. Both sides agree on how long that is and on who
  refreshes it; whoever waits in vain for a refresh ends the call shortly before the session's end.

  The phones call each other directly, because the embedded server has a timer of its own with each
  side, and take intervals of a few seconds, which RFC 4028 5 forbids to all who do not test. Between the
  refresh at half of six seconds and the end at two thirds a busy machine has a second to answer.

  Background:
    Given Alice refuses session timers below 2
    And Bob refuses session timers below 2

  Scenario: the caller refreshes by UPDATE
    Given Alice uses session timer 6 refreshed by uac
    When Alice calls Bob directly
    Then Bob receives INVITE with header Session-Expires equal to "6;refresher=uac"
    And header Supported of INVITE received by Bob has 3 values
    When Bob answers the call
    Then Alice receives 200 to INVITE with header Session-Expires equal to "6;refresher=uac"
    And header Require of 200 to INVITE received by Alice is "timer"
    And the session is refreshed within 6 seconds
    And Bob receives UPDATE with header Session-Expires equal to "6;refresher=uac"
    And Alice receives 200 to UPDATE with header Session-Expires equal to "6;refresher=uac"
    And the session is refreshed within 6 seconds
    And Alice hears Bob
    And Bob hears Alice

  Scenario: the callee refreshes by re-INVITE with the description that counts
    Given Alice uses session timer 6 refreshed by uas
    And Bob refreshes sessions by INVITE
    When Alice calls Bob directly
    And Bob answers the call
    Then Alice receives 200 to INVITE with header Session-Expires equal to "6;refresher=uas"
    And the session is refreshed within 6 seconds
    And Alice receives INVITE with header Session-Expires equal to "6;refresher=uac"
    And SDP of INVITE received by Alice direction is sendrecv
    And Bob receives 200 to INVITE
    And Alice hears Bob
    And Bob hears Alice

  Scenario: the callee alone wants a session timer
    Given Bob uses session timer 6
    When Alice calls Bob directly
    Then Bob receives INVITE without header Session-Expires
    When Bob answers the call
    Then Alice receives 200 to INVITE with header Session-Expires equal to "6;refresher=uac"
    And the session is refreshed within 6 seconds
    And Bob receives UPDATE

  Scenario: a change of the session refreshes it too
    Given Alice uses session timer 6 refreshed by uac
    When Alice calls Bob directly
    And Bob answers the call
    And Bob puts the call on hold
    Then the session is refreshed within 5 seconds
    And Alice receives INVITE with header Session-Expires equal to "6;refresher=uas"
    And Alice sends 200 to INVITE with header Session-Expires equal to "6;refresher=uas"

  Scenario: an interval that is too small is refused, and asked for again as it must be
    Given Alice uses session timer 4 refreshed by uac
    And Bob refuses session timers below 6
    When Alice calls Bob directly
    Then Alice receives 422 to INVITE with header Min-SE equal to "6"
    And Bob receives INVITE with header Session-Expires equal to "4;refresher=uac"
    And Bob receives INVITE with header Session-Expires equal to "6;refresher=uac"
    And header Min-SE of INVITE received by Bob is "6"
    When Bob answers the call
    Then Alice receives 200 to INVITE with header Session-Expires equal to "6;refresher=uac"

  Scenario: who waits in vain for a refresh ends the call a third before the session's end
    Given Alice uses session timer 3 refreshed by uac
    And Alice never refreshes
    When Alice calls Bob directly
    And Bob answers the call
    Then Alice receives 200 to INVITE
    And BYE arrives at Alice at least 1500 ms after 200 to INVITE
    And Alice is idle
    And Bob is idle

  Scenario: a refresh that nobody answers ends the call
    Given Alice uses generic phone with timers.t1-ms 50
    And Alice uses session timer 3 refreshed by uac
    When Alice calls Bob directly
    And Bob answers the call
    And Alice is connected to Bob
    And Bob loses its connection
    Then the call ends with cause "the session was not refreshed" within 10 seconds

  Scenario: one side that knows no session timers is no reason against the call
    Given Alice uses session timer 2 refreshed by uac
    And Bob knows no session timers
    When Alice calls Bob directly
    And Bob answers the call
    Then Alice receives 200 to INVITE without header Session-Expires
    And Alice and Bob talk for 2 seconds

  Scenario: the server has a session timer of its own with each side, of 90 seconds at least
    Given Alice uses session timer 4 refreshed by uac
    When Alice calls Bob
    Then Alice receives 422 to INVITE with header Min-SE equal to "90"
    And Bob receives INVITE without header Session-Expires
    When Bob answers the call
    Then Alice receives 200 to INVITE with header Session-Expires equal to "90;refresher=uac"
    And Bob sends 200 to INVITE without header Session-Expires
    And Alice hears Bob
