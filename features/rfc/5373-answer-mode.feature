@rfc.5373
Feature: RFC 5373: calls that ask to be answered
  Paging: the server asks the phone in three ways to answer by itself.

  Scenario: a phone that is paged answers by itself
    When Alice pages Bob
    Then Bob is auto-answered
    And Bob receives INVITE with header Answer-Mode equal to "Auto"
    And Alice is connected to Bob
    When Alice hangs up
    Then Bob waits for hangup

  @with.kamailio
  Scenario: a call that does not ask is not answered
    When Alice calls Bob
    Then Bob rings for 1 second
