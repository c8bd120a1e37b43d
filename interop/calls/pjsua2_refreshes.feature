@with.pjsua2
Feature: A session with pjsua2 is refreshed by pjsua2

  @rfc.4028
  Scenario: Bob, who is pjsua2, refreshes, and Alice goes on hearing him
    Given Alice uses generic phone
    And Alice uses session timer 90 refreshed by uas
    When Alice calls Bob
    Then Alice receives 200 to INVITE with header Session-Expires matching /^90;refresher=uas/
    And the session is refreshed within 50 seconds
    And Alice hears a 880 Hz tone
    And Alice hangs up
