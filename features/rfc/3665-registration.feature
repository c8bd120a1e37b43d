@rfc.3665 @rfc.3261
Feature: RFC 3665 2: registration, message by message
  The five flows of a phone and its registrar, of which two are told request by request.

  @with.kamailio
  Scenario: 2.1 A new registration is challenged and then accepted
    When Bob registers
    Then Bob has exchanged these messages in order:
      | sent     | received        |
      | REGISTER |                 |
      |          | 401 to REGISTER |
      | REGISTER |                 |
      |          | 200 to REGISTER |
    And header Contact of 200 to REGISTER received by Bob has 1 value
    And header Authorization of REGISTER sent by Bob has 1 value
    And 200 to REGISTER is valid SIP

  @with.kamailio
  Scenario: 2.2 Another contact joins the list
    Given Bob registers
    When Bob sends request REGISTER
    And Bob Contact field port is set to 5999
    And Bob receives response 401,407
    And Bob sends request REGISTER
    And with header field Authorization for Bob
    And Bob receives response 200
    Then header Contact of 200 to REGISTER received by Bob has 2 values
    And Bob response contains Contact field, value ":5999"

  Scenario: 2.3 A request without Contact asks for the list
    Given Bob registers
    When Bob sends request REGISTER
    And without header field Contact
    And Bob receives response 401,407
    And Bob sends request REGISTER
    And with header field Authorization for Bob
    And Bob receives response 200
    Then Bob response contains Contact field, value "sip:bob@"
    And header Contact of 200 to REGISTER received by Bob has 1 value

  Scenario: 2.4 A registration is cancelled
    Given Bob registers
    When Bob unregisters
    Then Bob is not registered
    And Bob has sent REGISTER
    And header Expires of REGISTER sent by Bob is "0"
    And Bob receives 200 to REGISTER without header Contact

  @with.kamailio
  Scenario: 2.5 A wrong password is refused
    Given Bob has the wrong password
    When Bob registers and is refused with 401,403
    Then Bob has exchanged these messages in order:
      | sent     | received            |
      | REGISTER |                     |
      |          | 401 to REGISTER     |
      | REGISTER |                     |
      |          | 401,403 to REGISTER |
    And Bob is not registered
