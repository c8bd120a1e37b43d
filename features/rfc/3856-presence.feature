@rfc.3856
Feature: RFC 3856: presence
  Whoever subscribes to somebody's presence is told how they can be reached, at once and when it changes.

  Scenario: presence follows calls
    Given Alice registers
    And Bob registers
    When Carol subscribes to presence of Bob
    Then Carol is notified that Bob is "Available"
    When Alice calls Bob
    And Bob answers the call
    Then Carol is notified that Bob is "On The Phone"
    When Alice hangs up
    Then Carol is notified that Bob is "Available"
    When Carol terminates the subscription
    Then Carol receives NOTIFY for presence with state "terminated" and reason "timeout"
