@rfc.3515 @rfc.5589 @with.pjsua2 @with.baresip
Feature: The embedded server carries out the REFER of a foreign phone
  The foreign phone calls Alice and sends her on to Carol, with or without a word to Carol before. Neither
  of them sees a REFER.

  Scenario: Alice gets to talk to Carol
    Given Alice expects a call
    And Carol expects a call
    When Carol receives INVITE within 30 seconds
    Then Alice is connected to Carol within 20 seconds
    And Alice has 1 call
    And Carol has 1 call
    And Alice does not receive REFER within 100 ms
    And Carol hangs up
