@rfc.3326 @rfc.6878 @rfc.2543 @with.kamailio
Feature: Reasons, priorities and old phones through a foreign proxy

  Scenario: the reason of a BYE passes
    When Alice calls Bob
    And Bob answers the call
    And Bob hangs up with reason "Q.850;cause=16;text=\"Terminated\""
    Then Alice receives BYE with header Reason equal to "Q.850;cause=16;text=\"Terminated\""

  Scenario: a priority passes
    When Alice calls Bob with priority emergency
    Then Bob receives INVITE with header Priority equal to "emergency"
    And Alice hangs up

  Scenario: an old phone calls through a proxy that writes Record-Route, and routes strictly
    Given Alice speaks RFC 2543
    When Bob registers
    And Alice calls Bob
    And Bob answers the call
    Then Alice and Bob talk for 1 second
    When Alice hangs up
    Then Bob receives BYE
    And Bob is idle
