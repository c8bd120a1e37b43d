@rfc.3515 @with.sipp
Feature: A phone of gannet transfers SIPp
  `scenarios/sipp/refer/uas.xml` stands where the server should be: Alice sends it everything. It says
  that it was transferred, and waits for the BYE.

  Scenario: SIPp is sent to somebody
    Given new connection with user "Alice" and server "sipp"
    When Alice calls "service"
    And Alice transfers the call to 5550199
    Then the transfer succeeds
    And Alice is idle
    And Alice has exchanged these messages in order:
      | sent          | received     |
      | REFER         |              |
      |               | 202 to REFER |
      |               | NOTIFY       |
      | 200 to NOTIFY |              |
      |               | NOTIFY       |
      | 200 to NOTIFY |              |
      | BYE           |              |
      |               | 200 to BYE   |
