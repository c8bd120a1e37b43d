@rfc.3261 @with.sipp
Feature: A phone of gannet is called by SIPp's built-in caller
  `sipp -sn uac` calls Alice three times, talks for half a second and hangs up.

  Scenario: Alice takes three calls after one another
    Given Alice uses generic phone
    Then Alice is ringing within 20 seconds
    When Alice answers the call
    Then Alice receives BYE
    Then Alice is ringing within 20 seconds
    When Alice answers the call
    Then Alice receives BYE
    Then Alice is ringing within 20 seconds
    When Alice answers the call
    Then Alice receives BYE
