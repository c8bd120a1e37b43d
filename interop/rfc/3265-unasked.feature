@rfc.3265 @rfc.3842 @with.sipp
Feature: A notification of the old kind, from SIPp
  `3265-unasked.xml` tells Alice of messages, although she never subscribed.

  Scenario: a message summary comes unasked
    Given Alice registers
    Then Alice receives NOTIFY for message-summary with state "terminated" within 20 seconds
    And Alice sends 200 to NOTIFY
    And Alice has 3 new and 4 old messages
