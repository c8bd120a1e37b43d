@rfc.3515 @rfc.3892 @rfc.5589 @with.pjsua2 @with.sipp
Feature: A foreign phone transfers a phone of gannet and says who it is
  The foreign phone calls Alice and sends her on to Carol, who learns from whom.

  Scenario: Alice is sent to Carol
    Given Alice expects a call
    And Carol expects a call
    When Alice receives REFER within 20 seconds
    Then Alice is transferred to Carol
    And Carol receives INVITE with header Referred-By
    And Alice has 1 call
    And Carol hangs up
