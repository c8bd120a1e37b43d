@with.sipp
Feature: SIPp refreshes a session, until it does not
  SIPp asks for 4 seconds, refreshes twice and falls silent.

  @rfc.4028
  Scenario: Alice takes the refreshes and ends the call when there are no more
    Given Alice uses generic phone
    And Alice refuses session timers below 2
    Then Alice is ringing within 20 seconds
    When Alice answers the call
    Then the session is refreshed within 4 seconds
    And the session is refreshed within 4 seconds
    And Alice sends BYE within 5 seconds
    And Alice is idle
