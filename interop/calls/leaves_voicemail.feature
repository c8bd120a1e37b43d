Feature: Messages for somebody who is not there
  Bob has no phone: his calls go to his voicemail.

  Scenario Outline: <name> speaks to Bob's voicemail
    When <name> calls "bob"
    Then <name> leaves a voicemail of 3 seconds

    Examples:
      | name  |
      | Alice |
      | Carol |
      | Dave  |
