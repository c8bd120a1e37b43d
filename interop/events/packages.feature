@retry.2 @rfc.6665 @with.kamailio
Feature: Other packages at a foreign server

  @rfc.4235
  Scenario: the lamp of a phone in a call
    When Carol subscribes to dialog of Bob
    Then BLF lamp of Bob is idle
    When Alice calls Bob
    Then BLF lamp of Bob is early
    When Bob answers the call
    Then BLF lamp of Bob is confirmed
    When Alice hangs up
    Then BLF lamp of Bob is idle

  @rfc.3842
  Scenario: a message summary that somebody publishes
    When Bob subscribes to message-summary of Bob
    And Bob publishes message-summary as:
      """
      Messages-Waiting: yes
      Message-Account: sip:bob@kam.test
      Voice-Message: 2/1
      """
    Then Bob has 2 new and 1 old messages

  @rfc.3680
  Scenario: registrations
    Given Alice registers
    When Carol subscribes to reg of Alice
    Then Carol receives NOTIFY for reg with state "active"
    And body of NOTIFY matches /<reginfo/
