@rfc.3326
Feature: RFC 3326: why a call ends
  Reason says in BYE and CANCEL what a response would have said. The server passes it on.

  @with.kamailio
  Scenario: the reason of a BYE reaches the other side
    When Alice calls Bob
    And Bob answers the call
    And Bob hangs up with reason "Q.850;cause=16;text=\"Terminated\""
    Then Alice receives BYE with header Reason equal to "Q.850;cause=16;text=\"Terminated\""
    And the call ends with cause "Terminated"

  @with.kamailio
  Scenario: the reason of a CANCEL reaches the phone that rings
    When Alice calls Bob
    And Bob rings
    And Alice cancels the call with reason "SIP;cause=408;text=\"No patience\""
    Then Bob receives CANCEL with header Reason equal to "SIP;cause=408;text=\"No patience\""

  Scenario: phones that ring are told that another one was faster
    Given the following phones:
      | name   | profile | user | password |
      | Bob    | generic | bob  | secret   |
      | Office | generic | bob  | secret   |
    When Alice calls Bob
    And Office rings
    And Bob answers the call
    Then Office receives CANCEL with header Reason matching /cause=200;text="Call completed elsewhere"/
    And Alice hangs up
