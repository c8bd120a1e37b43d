@rfc.4480
Feature: RFC 4480: what a person does
  Beside open and closed a presence document may say what somebody is doing.

  @with.kamailio
  Scenario Outline: activities reach who watches
    When Alice sets presence to "<words>"
    And Bob subscribes to presence of Alice
    Then Bob is notified that Alice is <activity>
    And Bob is notified that Alice is "<words>"
    And Bob is notified that Alice is open

    Examples:
      | words          | activity |
      | Away           | away     |
      | Busy           | busy     |
      | On Holiday     | holiday  |
      | On Vacation    | vacation |
      | Do Not Disturb | busy     |
      | After Hours    | other    |
