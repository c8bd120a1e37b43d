@rfc.3261 @with.baresip @with.linphonec @with.pjsua2
Feature: A phone of gannet is called by a foreign phone
  The foreign phone is Bob: it dials once Alice is registered, plays a tone of 880 Hz, and hangs up
  when it has heard enough.

  Scenario: Bob calls Alice, both hear each other, and Bob hangs up
    Given Alice uses generic phone
    Then Alice is ringing within 20 seconds
    When Alice answers the call
    Then Alice hears a 880 Hz tone
    Then Alice receives BYE within 20 seconds
