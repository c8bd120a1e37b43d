@with.pjsua2
Feature: A session with pjsua2 is refreshed by a phone of gannet

  @rfc.4028
  Scenario: Alice refreshes, and Bob, who is pjsua2, goes on talking
    Given Alice uses generic phone
    And Alice uses session timer 90 refreshed by uac
    When Alice calls Bob
    Then Alice receives 200 to INVITE with header Session-Expires matching /^90;refresher=uac/
    And the session is refreshed within 50 seconds
    And Alice hears a 880 Hz tone
    And Alice hangs up
