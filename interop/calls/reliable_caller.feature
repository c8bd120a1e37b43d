@rfc.3262 @rfc.3311 @with.sipp
Feature: A phone of gannet is called by a caller that requires reliable provisional responses
  `reliable_caller.xml` sends PRACK for each, and puts the call on hold by UPDATE.

  Scenario: Alice rings and answers reliably
    Given Alice supports 100rel
    Then Alice is ringing within 20 seconds
    And Alice receives PRACK
    When Alice sends reliable 183
    And Alice answers the call
    Then Alice sees the call held
    And Alice has received UPDATE
    And Alice receives BYE
